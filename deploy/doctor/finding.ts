import { messageOf } from '../../services/shared/runtime/errors';
import { within } from '../../services/shared/runtime/within';

/** What one look at one thing gave: a sentence, and whether somebody has to do something. */
export interface Finding {
  readonly about: string;
  readonly isWell: boolean;
  readonly says: string;
}

/** One thing to look at. It says what is well, or throws the sentence that says what is wrong. */
export interface Examination {
  readonly about: string;
  readonly look: () => Promise<string>;
}

const lookMs = 15_000;

/** Carries examinations out, one after the other. Where the first, whether something answers at all,
 *  finds a fault, the others would say the same in other words. */
export async function examineInTurn(turn: readonly Examination[]): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const examination of turn) {
    findings.push(await examine(examination));
    if (findings[0]?.isWell === false) break;
  }
  return findings;
}

/** What is said of a server that cannot be asked. */
export function unreachable(where: string, error: unknown, variable: string): Error {
  const why = messageOf(error);
  return new Error(`${where} does not answer (${why}): start it, or correct ${variable}`);
}

/** One that gets no answer is a finding too. */
async function examine({ about, look }: Examination): Promise<Finding> {
  try {
    const says = await within(lookMs, look(), () => {
      throw new Error(`no answer within ${lookMs / 1000} s`);
    });
    return { about, isWell: true, says };
  } catch (error) {
    return { about, isWell: false, says: messageOf(error) };
  }
}

/** One line a finding, what is wrong last, where the eye is. */
export function renderFindings(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ about }) => about.length));
  const line = ({ about, isWell, says }: Finding) =>
    `${isWell ? 'ok   ' : 'WRONG'}  ${about.padEnd(width)}  ${says}`;
  const wrong = findings.filter(({ isWell }) => !isWell);
  const verdict =
    wrong.length === 0 ? 'all is well' : `${wrong.length} of ${findings.length} wrong`;
  return [...findings.filter(({ isWell }) => isWell), ...wrong]
    .map(line)
    .concat(verdict)
    .join('\n');
}
