import type { CallableModel } from '../model.ts';

/** An asynchronous prediction that was accepted, as it is kept in S3: what any replica needs to answer for it. */
export interface PredictionRecord {
  readonly id: string;
  /** The model as it was when it was asked, so that labels and form of the answer are those of then. */
  readonly model: CallableModel;
  /** Type asked of the model. */
  readonly accept: string;
  /** Rows in the input; `uncounted` for rows that nobody has looked at; undefined for what is no rows. */
  readonly rows?: number | 'uncounted';
  /** ISO 8601. */
  readonly createdAt: string;
  readonly outputLocation: string;
  readonly failureLocation?: string;
}

/** Keys in the workspace. */
export const inputKey = (id: string): string => `predictions/${id}/input`;
export const recordKey = (id: string): string => `predictions/${id}/prediction.json`;
