import type { ProjectFile } from './tree';

/** Put together from parts, so that this file does not hold what it looks for. */
const registries = [
  ['registry', 'npmjs'],
  ['registry', 'yarnpkg'],
  ['repo1', 'maven'],
  ['repo', 'maven', 'apache'],
  ['maven', 'org'],
  ['jfrog', 'io'],
  ['deb', 'debian', 'org'],
].map((parts) => parts.join('.'));

const machinePaths = ['work', 'root', 'home', 'Users'].map(
  (folder) => new RegExp(`(^|[^\\w./-])/${folder}/\\w`),
);

/** Addresses of package registries and paths of one machine: they are right on that machine only. */
export function addressFaults(files: readonly ProjectFile[]): readonly string[] {
  return files.flatMap(({ path, text }) => {
    const lines = text.split('\n');
    return lines.flatMap((line, index) => {
      const place = `${path}:${index + 1}`;
      const registry = registries.find((address) => line.includes(address));
      if (registry !== undefined) {
        return [`${place}: the registry address ${registry}; each machine has its own configured`];
      }
      const isMachinePath = machinePaths.some((pattern) => pattern.test(line));
      return isMachinePath ? [`${place}: a path of one machine; write it relative`] : [];
    });
  });
}

/** Work that was put off in the text, and words about how the text came to be. */
export function leftoverFaults(files: readonly ProjectFile[]): readonly string[] {
  const marks = ['TO' + 'DO', 'FIX' + 'ME', 'HA' + 'CK'];
  const pattern = new RegExp(`\\b(${marks.join('|')})\\b`);
  return files
    .filter(({ path }) => /^(services|deploy|bench|schemas|test)\//.test(path))
    .flatMap(({ path, text }) =>
      text.split('\n').flatMap((line, index) => {
        const mark = pattern.exec(line)?.[1];
        return mark === undefined
          ? []
          : [`${path}:${index + 1}: ${mark}; do it, or decide against it`];
      }),
    );
}
