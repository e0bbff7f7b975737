import { EXPLAIN } from '../../operators/index.ts';
import { isApiFailure } from '../api-failure.ts';
import { type Route, route } from '../route.ts';
import { carriedOut } from './procedure.ts';
import { EXPLANATION } from './report-schemas.ts';

export const EXPLAIN_ROUTES: readonly Route[] = [
  route({
    method: 'POST',
    path: '/explain',
    summary:
      'Whether an account may do something and what decides, and what failed from an address; nothing is changed',
    role: 'auditor',
    reach: 'server',
    body: EXPLAIN,
    answer: EXPLANATION,
    async act({ body: request, desk }) {
      const body = await carriedOut(desk, 'explain', request);
      return isApiFailure(body) ? body : { body };
    },
  }),
];
