import process from 'node:process';

/** The oldest Node that can run the build; `engines` in package.json says the same. */
const OLDEST_NODE = '22.18';

/** Why a runtime of these versions (as in `process.versions`) can't run Lockport, for people; undefined where it can. */
export function runtimeProblem(versions: { readonly node: string; readonly bun?: string | undefined }) {
  if (versions.bun !== undefined) {
    return `lockport needs Node ${OLDEST_NODE} or later; this is Bun ${versions.bun}, whose TLS can't secure the data connections of FTP`;
  }
  if (isOlder(versions.node, OLDEST_NODE)) {
    return `lockport needs Node ${OLDEST_NODE} or later; this is v${versions.node}`;
  }
  return undefined;
}

/**
 * Each entry of the package imports this first. Without it, a runtime that can't run Lockport would fail in the middle of
 * a transfer, with an error that does not name the cause.
 *
 * @throws Error where this runtime can't run Lockport
 */
export function requireRuntime(): void {
  const problem = runtimeProblem(process.versions);
  if (problem !== undefined) throw new Error(problem);
}

function isOlder(version: string, than: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [thanMajor = 0, thanMinor = 0] = than.split('.').map(Number);
  return major < thanMajor || (major === thanMajor && minor < thanMinor);
}
