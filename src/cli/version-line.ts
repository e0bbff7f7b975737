/** `lockport 1.2.3 (Node v24.0.0)` */
export function versionLine(): string {
  return `lockport ${packageVersion()} (Node ${process.version})`;
}

/** The manifest lies two levels above this directory, in the source as in the build. */
export function packageVersion(): string {
  // An import would load all that belongs to node:fs, which takes longer than everything else here.
  const { readFileSync } = process.getBuiltinModule('node:fs');
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  const { version }: { readonly version: string } = JSON.parse(text);
  return version;
}
