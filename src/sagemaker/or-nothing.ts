import { GatewayError } from '../errors.ts';
import { sending } from './fault.ts';

/** The answer to a question about one thing; undefined when it does not exist. */
export async function orNothing<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await sending(call);
  } catch (error) {
    if (error instanceof GatewayError && error.code === 'not_found') return undefined;
    throw error;
  }
}

/** Makes a thing under a name that only it can have, so that one that is there already is the same. @returns whether it was made now */
export async function unlessThere(making: Promise<void>): Promise<boolean> {
  try {
    await making;
    return true;
  } catch (error) {
    if (error instanceof GatewayError && error.code === 'already_exists') return false;
    throw error;
  }
}
