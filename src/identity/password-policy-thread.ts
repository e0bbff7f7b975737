/** Looks at one new password, and ends: what that takes is no time of the thread that serves. */
import { parentPort, workerData } from 'node:worker_threads';
import type { PolicyCheck, PolicyVerdict } from './off-thread-policy.ts';
import { policyRefusal } from './password-policy.ts';
import { StrengthUnknownError } from './password-strength.ts';

const { password, policy, account, hashes }: PolicyCheck = workerData;

async function verdict(): Promise<PolicyVerdict> {
  try {
    return { refusal: await policyRefusal(password, policy, account, hashes) };
  } catch (error) {
    if (error instanceof StrengthUnknownError) return { unknown: error.message };
    throw error;
  }
}

parentPort?.postMessage(await verdict());
