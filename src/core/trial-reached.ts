/**
 * Thrown by a storage on trial in place of what it would now do. Nothing has refused it, and nothing is done: whatever asks by
 * the code that serves learns whether it would come so far.
 */
export class TrialReached extends Error {
  override readonly name = 'TrialReached';
}
