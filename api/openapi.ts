import { z } from 'zod';
import { Problem } from '#common/contracts/basics.ts';
import type { Route } from './http/route.ts';

type Json = Record<string, unknown>;

/** Drops `$schema`: an OpenAPI document names its dialect once. */
function schemaOf(contract: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _dialect, ...schema } = z.toJSONSchema(contract, { io, unrepresentable: 'any' }) as Json;
  return schema;
}

/** OpenAPI 3.1 document of the given routes, from the contracts that check them. */
export function describeApi(routes: readonly Route[], version: string, publicUrl: URL): Json {
  const paths: Record<string, Json> = {};
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method]: describeRoute(route) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Node Pulse Admiral', version },
    servers: [{ url: publicUrl.origin }],
    paths,
    components: {
      schemas: { Problem: schemaOf(Problem, 'output') },
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer' },
        session: { type: 'apiKey', in: 'cookie', name: 'admiral_session' },
      },
    },
  };
}

function describeRoute(route: Route): Json {
  const problem = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } };
  const parameters = [
    ...parametersOf(route.params, 'path'),
    ...parametersOf(route.query, 'query'),
    ...(route.idempotency
      ? [{ name: 'Idempotency-Key', in: 'header', schema: { type: 'string', maxLength: 200 } }]
      : []),
  ];
  return {
    operationId: operationId(route),
    summary: route.summary,
    ...(route.access !== 'public' && { security: [{ token: [] }, { session: [] }] }),
    'x-permission': route.access,
    ...(parameters.length > 0 && { parameters }),
    ...(route.body && {
      requestBody: { required: true, content: { 'application/json': { schema: schemaOf(route.body, 'input') } } },
    }),
    responses: {
      [route.status]: {
        description: 'Success',
        ...(route.response && { content: { 'application/json': { schema: schemaOf(route.response, 'output') } } }),
      },
      default: { description: 'A problem, with a stable code', content: problem },
    },
  };
}

function parametersOf(contract: z.ZodObject | undefined, where: 'path' | 'query'): Json[] {
  if (!contract) return [];
  const { properties = {}, required = [] } = schemaOf(contract, 'input') as {
    properties?: Record<string, Json>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: where,
    required: where === 'path' || required.includes(name),
    schema,
  }));
}

function operationId(route: Route): string {
  const words = route.path.split(/[^a-z]+/i).filter(Boolean);
  return [route.method, ...words]
    .map((word, i) => (i === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1)))
    .join('');
}
