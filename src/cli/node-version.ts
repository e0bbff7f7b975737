/** The oldest Node that can run the build; `engines` in package.json says the same. */
export const OLDEST_NODE = '22.18';

/** Whether a Node of this version (`24.1.0`) can run the build. */
export function isNodeNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = OLDEST_NODE.split('.').map(Number);
  return major > oldestMajor || (major === oldestMajor && minor >= oldestMinor);
}
