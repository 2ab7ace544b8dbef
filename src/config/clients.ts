import Type, { type Static } from 'typebox';
import { storedKeyPattern } from '../auth/api-key.ts';

/** What a client may do. */
export const Scope = Type.Enum(['predict', 'admin:read', 'admin:write']);
export type Scope = Static<typeof Scope>;

/** Who may call, by name. */
export const Clients = Type.Record(
  Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,62}$' }),
  Type.Object(
    {
      keys: Type.Array(Type.String({ pattern: storedKeyPattern }), {
        minItems: 1,
        description: 'Salted hashes of its API keys, made by `npm run key`; several, so that one can replace another.',
      }),
      scopes: Type.Array(Scope, { minItems: 1, description: 'What it may do.' }),
      models: Type.Optional(Type.Array(Type.String(), { description: 'The models it may call; without it all.' })),
      plan: Type.Optional(Type.String({ description: 'Its usage plan; without it nothing is limited.' })),
    },
    { additionalProperties: false },
  ),
  { default: {}, description: 'Who may call.' },
);
export type Clients = Static<typeof Clients>;
