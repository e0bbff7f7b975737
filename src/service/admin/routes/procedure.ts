import {
  type AnswerOf,
  carryOut,
  isOperatorFailure,
  type ProcedureName,
  type RequestOf,
} from '../../operators/index.ts';
import type { AdminDesk } from '../admin-desk.ts';
import type { ApiFailure } from '../api-failure.ts';

/** Carries out a procedure of the table of operators, and gives its answer in one piece. */
export async function carriedOut<Name extends ProcedureName>(
  { service }: AdminDesk,
  name: Name,
  request: RequestOf<Name>,
): Promise<AnswerOf<Name> | ApiFailure> {
  const outcome = await carryOut(service, name, request);
  if (isOperatorFailure(outcome)) return outcome;
  const { answer, list } = outcome;
  return (list ? { ...answer, [list.name]: list.items } : answer) as AnswerOf<Name>;
}
