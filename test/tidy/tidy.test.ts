import { join } from 'node:path';
import { outcomes } from '../../services/shared/domain/outcome';
import { failpointNames } from '../../services/shared/runtime/failpoints';
import { metricCatalogue } from '../../services/shared/runtime/metric-catalogue';
import { topicsOf } from '../../services/shared/runtime/topics';
import { metricFaults, outcomeFaults, spellingFaults, tableFaults } from './catalogues';
import { settingNames, vocabularyFaults } from './documents';
import { failpointFaults } from './failpoints';
import { cycleFaults, layerFaults } from './layers';
import {
  constructFaults,
  environmentFaults,
  fileSizeFaults,
  functionSizeFaults,
  nameFaults,
} from './shape';
import { addressFaults, leftoverFaults } from './text';
import { projectFiles, sourceFiles } from './tree';

const files = projectFiles(join(__dirname, '..', '..'));
const sources = sourceFiles(files);
/** `void` marks an offset that holds no record; it is a row's, never a record's. */
const rowOutcomes = [...outcomes, 'void'];

/** What prom-client and Prometheus add to a histogram's name. */
const metricNames = Object.keys(metricCatalogue).flatMap((name) =>
  ['', '_bucket', '_sum', '_count'].map((part) => name + part),
);
const vocabularies = [
  { what: 'metric', pattern: /\btributary_[a-z_0-9]+\b/g, known: metricNames },
  {
    what: 'topic',
    pattern: /\bevents\.[a-z-]+\.v\d+\b/g,
    known: Object.values(topicsOf()),
  },
  {
    what: 'setting',
    pattern: /(?<=`)[A-Z][A-Z0-9]*(_[A-Z0-9]+)+(?==[^`]*`|`)/g,
    known: settingNames(sources),
  },
];

test.each([
  ['imports point down, libraries enter through one layer', () => layerFaults(sources)],
  ['no rings of imports', () => cycleFaults(sources)],
  ['no file over 300 lines', () => fileSizeFaults(files)],
  ['no function over 70 lines', () => functionSizeFaults(sources)],
  ['no default exports, barrels or enums', () => constructFaults(sources)],
  ['files and folders are named by subject', () => nameFaults(files)],
  ['process.env is read where a process begins', () => environmentFaults(sources)],
  ['topics and Redis keys are spelled once', () => spellingFaults(sources)],
  ['metrics are those of the catalogue', () => metricFaults(sources, Object.keys(metricCatalogue))],
  ['SQL names tables that a migration makes', () => tableFaults(sources, files)],
  ['SQL names outcomes that exist', () => outcomeFaults(sources, rowOutcomes)],
  ['every side effect passes a failpoint', () => failpointFaults(sources, failpointNames)],
  ['documents name what there is', () => vocabularyFaults(files, vocabularies)],
  ['no registry address, no path of one machine', () => addressFaults(files)],
  ['nothing is put off', () => leftoverFaults(files)],
])('%s', (_rule, faults) => {
  const found = faults();
  if (found.length > 0) throw new Error(found.join('\n'));
});
