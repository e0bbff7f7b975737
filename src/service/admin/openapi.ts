import { z } from 'zod';
import type { Route } from './route.ts';

const METHOD_ORDER = 'get post patch delete';

/** The document of the API (OpenAPI 3.1), made of the schemas that check requests and, in the tests, answers. */
export function openApi(routes: readonly Route[], version: string): object {
  const byPath = Map.groupBy(routes, ({ path }) => path);
  const shared: Record<string, unknown> = { Problem: PROBLEM };
  const paths = Object.fromEntries([...byPath].map(([path, rows]) => [path, pathItem(path, rows, shared)]));
  return {
    openapi: '3.1.1',
    info: {
      title: 'Lockport',
      version,
      description: 'Administers a Lockport server. Sign in by /login, or send Authorization: Bearer TOKEN.',
    },
    servers: [{ url: '/api/v1' }],
    paths,
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'lockport admin token add' },
        session: { type: 'apiKey', in: 'cookie', name: 'lockport-admin', description: 'With x-csrf-token for changes' },
      },
      schemas: shared,
    },
  };
}

function pathItem(path: string, rows: readonly Route[], shared: Record<string, unknown>): object {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const parameters = names.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } }));
  const sorted = rows.toSorted((one, other) => order(one) - order(other));
  return {
    ...(parameters.length > 0 && { parameters }),
    ...Object.fromEntries(sorted.map((route) => [route.method.toLowerCase(), operation(route, shared)])),
  };
}

function operation(route: Route, shared: Record<string, unknown>): object {
  const { summary, role, reach, query, body, answer, streams, status = 200 } = route;
  const limited = reach === 'groups' ? 'also limited to groups' : 'not limited to groups';
  return {
    summary,
    description: role === 'anyone' ? 'For anyone.' : `For the role ${role} and above, ${limited}.`,
    security: role === 'anyone' ? [] : [{ token: [] }, { session: [] }],
    ...(query && { parameters: queryParameters(query) }),
    ...(body && {
      requestBody: { required: true, content: { 'application/json': { schema: schemaOf(body, 'input', shared) } } },
    }),
    responses: {
      ...(answer
        ? {
            [status]: {
              description: 'Done',
              content: { 'application/json': { schema: schemaOf(answer, 'output', shared) } },
            },
          }
        : streams === undefined
          ? { 204: { description: 'Done' } }
          : { [status]: { description: 'Sent in parts', content: { [streams]: { schema: { type: 'string' } } } } }),
      default: {
        description: 'Why not, and what to do about it (RFC 9457)',
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    },
  };
}

function queryParameters(query: z.ZodType): readonly object[] {
  const { properties = {}, required = [] } = z.toJSONSchema(query, { io: 'input', unrepresentable: 'any' });
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema,
  }));
}

/** What has a name goes to `shared`: a reference of OpenAPI starts at the root of the document, not at the schema. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output', shared: Record<string, unknown>): unknown {
  const { $schema: _, $defs = {}, ...rest } = z.toJSONSchema(schema, { io, reused: 'inline' });
  for (const [name, definition] of Object.entries($defs)) shared[name] = fromTheRoot(definition);
  return fromTheRoot(rest);
}

function fromTheRoot(schema: unknown): unknown {
  return JSON.parse(JSON.stringify(schema).replaceAll('"$ref":"#/$defs/', '"$ref":"#/components/schemas/'));
}

function order({ method }: Route): number {
  return METHOD_ORDER.indexOf(method.toLowerCase());
}

const PROBLEM = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail', 'code'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'For people' },
    code: { type: 'string', description: 'For programs: it is stable' },
    errors: {
      type: 'array',
      items: { type: 'object', properties: { place: { type: 'string' }, message: { type: 'string' } } },
    },
  },
};
