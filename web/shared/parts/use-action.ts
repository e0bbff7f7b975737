import { useState } from 'preact/hooks';
import type { Answer, Failure } from '../api.ts';

export interface Action {
  readonly isBusy: boolean;
  readonly failure: Failure | undefined;
  /** Gives what was answered, or undefined where it failed. */
  readonly run: <Body>(work: () => Promise<Answer<Body>>) => Promise<{ readonly body: Body } | undefined>;
  readonly forget: () => void;
}

/** Something that a person does, and what became of it. */
export function useAction(): Action {
  const [state, setState] = useState<Pick<Action, 'isBusy' | 'failure'>>({ isBusy: false, failure: undefined });
  return {
    ...state,
    forget: () => setState({ isBusy: false, failure: undefined }),
    async run(work) {
      setState({ isBusy: true, failure: undefined });
      const answer = await work();
      setState({ isBusy: false, failure: answer.ok ? undefined : answer.failure });
      return answer.ok ? { body: answer.body } : undefined;
    },
  };
}
