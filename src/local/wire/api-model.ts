/** The inputs of a service's operations, with the constraints that AWS checks them against: botocore's model without what only documents. */
export interface ApiModel {
  /** Input shape by operation; `null` for one that takes nothing. */
  operations: Readonly<Record<string, string | null>>;
  shapes: Readonly<Record<string, Shape>>;
}

export type Shape =
  | {
      type: 'structure';
      /** Shape of each member. */
      members: Readonly<Record<string, string>>;
      required?: readonly string[];
      /** Exactly one member may be there. */
      union?: true;
      /** Members that travel as HTTP headers, by the header's name in lower case. */
      headers?: Readonly<Record<string, string>>;
    }
  | { type: 'list'; member: string; min?: number; max?: number }
  | { type: 'map'; key: string; value: string; min?: number; max?: number }
  | { type: 'string'; min?: number; max?: number; pattern?: string; enum?: readonly string[] }
  | { type: 'integer' | 'long' | 'float' | 'double'; min?: number; max?: number }
  | { type: 'boolean' | 'timestamp' | 'blob' };
