/** Keeps this process from doing anything, as a machine that is paused does. @param milliseconds how long */
export function standStill(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
