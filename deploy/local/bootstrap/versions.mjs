// Reads version numbers. Pure; kept to old syntax, because an old Node runs it too.

/** What is wrong with this Node for a range like `>=20.12 <23`, in one sentence; '' if nothing. */
export function nodeFault(version, range) {
  const [, major, minor] = /^v(\d+)\.(\d+)/.exec(version).map(Number);
  const [, lowMajor, lowMinor, highMajor] = /^>=(\d+)\.(\d+) <(\d+)$/.exec(range).map(Number);
  const tooOld = major < lowMajor || (major === lowMajor && minor < lowMinor);
  if (!tooOld && major < highMajor) return '';
  const age = tooOld ? 'old' : 'new';
  return `Node ${version} is too ${age}: install Node ${lowMajor} (${lowMajor}.${lowMinor} or later), then try again.`;
}

/** The major version in the output of `java -version`: 17 for "17.0.15", 8 for "1.8.0_402"; or 0. */
export function javaMajor(output) {
  const match = /version "(?:1\.)?(\d+)/.exec(output);
  return match ? Number(match[1]) : 0;
}
