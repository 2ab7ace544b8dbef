import Type, { type Static } from 'typebox';
import { storedKeyPattern } from '../auth/api-key.ts';

/** What a client may do. */
export const Scope = Type.Enum(['predict', 'admin:read', 'admin:write']);
export type Scope = Static<typeof Scope>;

const closed = { additionalProperties: false };

/** A key with which a client signs as an AWS SDK does. HMAC needs the secret itself, so the configuration says only where it is. */
export const AccessKey = Type.Object(
  {
    id: Type.String({
      pattern: '^[A-Za-z0-9]{16,128}$',
      description: 'Access key id; of your own making, not one of AWS.',
    }),
    secretEnv: Type.Optional(Type.String({ minLength: 1, description: 'Environment variable that holds the secret.' })),
    secretFile: Type.Optional(Type.String({ minLength: 1, description: 'Or the file that does.' })),
  },
  closed,
);
export type AccessKey = Static<typeof AccessKey>;

/** Who may call, by name. */
export const Clients = Type.Record(
  Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,62}$' }),
  Type.Object(
    {
      keys: Type.Array(Type.String({ pattern: storedKeyPattern }), {
        default: [],
        description: 'Salted hashes of its API keys, made by `npm run key`; several, so that one can replace another.',
      }),
      accessKeys: Type.Optional(
        Type.Array(AccessKey, { description: 'Keys with which it signs by AWS Signature Version 4.' }),
      ),
      certificates: Type.Optional(
        Type.Array(Type.String({ minLength: 1 }), {
          description: 'Common names of its TLS certificates, where the gateway asks for one (`tls.clientCa`).',
        }),
      ),
      scopes: Type.Array(Scope, { minItems: 1, description: 'What it may do.' }),
      models: Type.Optional(Type.Array(Type.String(), { description: 'The models it may call; without it all.' })),
      plan: Type.Optional(Type.String({ description: 'Its usage plan; without it nothing is limited.' })),
    },
    closed,
  ),
  { default: {}, description: 'Who may call.' },
);
export type Clients = Static<typeof Clients>;
