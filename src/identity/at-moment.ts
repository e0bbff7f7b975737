/** The wall clock may be set, and a machine may sleep: so a wait goes in steps. A timer holds no more than 24 days anyway. */
const STEP_MS = 60_000;

/** Calls back once the wall clock has reached the moment; disposing forgets it. Keeps no process alive. */
export function atMoment(moment: Date, callback: () => void): Disposable {
  let timer: NodeJS.Timeout | undefined;
  const look = (): void => {
    const ms = moment.getTime() - Date.now();
    if (ms <= 0) callback();
    else timer = setTimeout(look, Math.min(ms, STEP_MS)).unref();
  };
  look();
  return { [Symbol.dispose]: () => clearTimeout(timer) };
}
