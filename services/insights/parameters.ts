import { type Static, type TObject, type TProperties, Type } from '@sinclair/typebox';
import type { FastifyRequest } from 'fastify';
import { parseInstant } from '../shared/domain/instant';
import { allTime } from '../shared/domain/interval';
import type { Tenant } from '../shared/domain/tenant';
import { type Traffic, trafficKinds } from '../shared/domain/traffic';
import { HttpError } from '../shared/runtime/http';

/** A word of a closed set; the first is the default. */
export function wordOf<const Word extends string>(words: readonly Word[], description: string) {
  return Type.Unsafe<Word>({ type: 'string', enum: words, default: words[0], description });
}

/** The schema of a query string. Parameters with a default are always there when a handler runs and
 *  yet none is required. */
export function queryOf<Properties extends TProperties>(properties: Properties) {
  const { required: _, ...schema } = Type.Object(properties);
  return Type.Unsafe<Static<TObject<Properties>>>(schema);
}

export const tenantParameter = Type.Optional(
  Type.String({ description: 'Name of the tenant; needed where there are several.' }),
);

const time = (description: string) =>
  Type.Optional(
    Type.String({ description: `${description}, ISO 8601, UTC where it has no offset.` }),
  );

export const timeParameters = {
  from: time('Earliest time'),
  to: time('First time that is not included'),
};

/** What every question about events has. */
export const scopeParameters = {
  tenant: tenantParameter,
  ...timeParameters,
  traffic: wordOf(
    trafficKinds,
    'Which events count: clean ones, also those that wait for a person, or all.',
  ),
};

/** Whose events, of when, and which. Times are event times, milliseconds UTC. */
export interface Scope {
  readonly tenant: string;
  /** Of the tenant: days are its days, and amounts its currency. */
  readonly zone: string;
  readonly currency: string;
  readonly from: number;
  readonly to: number;
  readonly traffic: Traffic;
}

interface ScopeQuery {
  readonly tenant?: string;
  readonly from?: string;
  readonly to?: string;
  readonly traffic: Traffic;
}

/** HttpError 400 naming the parameter that is wrong. */
export function scopeOf(query: ScopeQuery, tenants: readonly Tenant[]): Scope {
  const tenant = tenantOf(query.tenant, tenants);
  const { from, to } = timesOf(query);
  return {
    tenant: tenant.name,
    zone: tenant.timeZone,
    currency: tenant.currency,
    from: from ?? allTime.from,
    to: Math.min(to ?? allTime.to, allTime.to),
    traffic: query.traffic,
  };
}

/** The tenant that is named, or the only one there is. */
export function tenantOf(name: string | undefined, tenants: readonly Tenant[]): Tenant {
  const [only] = tenants;
  if (name === undefined && tenants.length === 1 && only !== undefined) return only;
  const named = tenants.find((tenant) => tenant.name === name);
  if (named !== undefined) return named;
  if (name !== undefined) throw badParameter('tenant', `there is no tenant '${name}'`);
  throw badParameter('tenant', 'there are several tenants: name one');
}

/** Whose records are read; null for everybody's: where there is one tenant, records that name none or
 *  an unknown one are shown too. */
export function ofTenants(name: string | undefined, tenants: readonly Tenant[]): string | null {
  const isOnly = name === undefined && tenants.length === 1;
  return isOnly ? null : tenantOf(name, tenants).name;
}

/** Both ends in milliseconds UTC, null where there is none. */
export function timesOf(query: { readonly from?: string; readonly to?: string }) {
  const from = timeOf(query.from, 'from');
  const to = timeOf(query.to, 'to');
  if (from !== null && to !== null && to <= from) {
    throw badParameter('to', 'must be later than `from`, which is included as `to` is not');
  }
  return { from, to };
}

export function timeOf(text: string | undefined, field: string): number | null {
  const instant = parseInstant(text);
  if (instant.ok) return instant.at;
  throw badParameter(field, instant.fault);
}

export function badParameter(field: string, fault: string): HttpError {
  return new HttpError(400, 'bad_parameter', `${field}: ${fault}`, field);
}

/** What a schema found wrong, with the words or the bound that would have been right. */
export function parameterFault(fault: SchemaFault | undefined): HttpError {
  const { instancePath = '', message = 'is not right', params = {} } = fault ?? {};
  const parts = instancePath.split('/').filter((part) => part !== '');
  if (typeof params.missingProperty === 'string') parts.push(params.missingProperty);
  const words = Array.isArray(params.allowedValues) ? `: ${params.allowedValues.join(', ')}` : '';
  return badParameter(parts.join('.') || 'body', message + words);
}

interface SchemaFault {
  readonly instancePath?: string;
  readonly message?: string;
  readonly params?: Readonly<Record<string, unknown>>;
}

/** A misspelt parameter would be a question nobody asked, answered: refused before validation, which
 *  drops what it does not know. */
export async function refuseUnknownParameters(request: FastifyRequest): Promise<void> {
  const schema = request.routeOptions.schema?.querystring as { properties?: object } | undefined;
  const known = Object.keys(schema?.properties ?? {});
  const unknown = Object.keys(request.query as object).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const fault = known.length === 0 ? 'there are none here' : `those here are ${known.join(', ')}`;
  throw badParameter(unknown, `is no parameter; ${fault}`);
}
