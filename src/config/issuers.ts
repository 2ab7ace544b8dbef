import Type, { type Static } from 'typebox';
import { Scope } from './clients.ts';

const closed = { additionalProperties: false };
const url = (description: string) =>
  Type.String({ pattern: '^(https://|http://(localhost|127\\.0\\.0\\.1)[:/]).+$', description });

/** Who issues tokens that are believed, and what their claims stand for. */
export const Issuers = Type.Record(
  Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,62}$' }),
  Type.Object(
    {
      issuer: url('The `iss` of its tokens, exactly; for Cognito `https://cognito-idp.<region>.amazonaws.com/<pool>`.'),
      audience: Type.Array(Type.String({ minLength: 1 }), {
        minItems: 1,
        description:
          'Values of `aud` that are meant for this gateway; Cognito’s access tokens have `client_id` in its place.',
      }),
      jwksUri: Type.Optional(url('Where its keys are; without it, what its OpenID configuration says.')),
      algorithms: Type.Array(
        Type.Enum(['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA']),
        { default: ['RS256', 'ES256'], minItems: 1, description: 'Signatures that are accepted.' },
      ),
      tokenUse: Type.Optional(Type.Enum(['access', 'id'], { description: 'What Cognito’s `token_use` must be.' })),
      clientClaim: Type.String({
        default: 'sub',
        description: 'Claim that names the client, which is then `<this entry>/<value>`: `client_id`, `sub`, …',
      }),
      scopeClaim: Type.String({ default: 'scope', description: 'Claim with scopes, in a list or parted by spaces.' }),
      scopes: Type.Record(Type.String(), Type.Array(Scope), {
        default: { predict: ['predict'], 'admin:read': ['admin:read'], 'admin:write': ['admin:write'] },
        description: 'A scope of the token → what it allows here, such as `gateway/predict: [predict]`.',
      }),
      groupClaim: Type.String({ default: 'groups', description: 'Claim with groups; Cognito’s is `cognito:groups`.' }),
      groups: Type.Record(
        Type.String(),
        Type.Object({ scopes: Type.Array(Scope), models: Type.Optional(Type.Array(Type.String())) }, closed),
        {
          default: {},
          description:
            'A group → what its members may do; where groups name models, their members may call those only.',
        },
      ),
      models: Type.Optional(Type.Array(Type.String(), { description: 'Models for those whose groups name none.' })),
      plan: Type.Optional(Type.String({ description: 'Usage plan of each of its clients.' })),
    },
    closed,
  ),
  { default: {}, description: 'Issuers of JSON Web Tokens (OIDC) that are believed.' },
);
export type Issuers = Static<typeof Issuers>;
export type Issuer = Issuers[string];
