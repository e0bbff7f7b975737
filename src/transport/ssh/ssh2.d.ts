/** The package has no types: `module.ts` says what is used of it. */
declare module 'ssh2' {
  const module: unknown;
  export default module;
}
