import type { SaddlepointError } from '../../src/tensor/error.ts'
import { isSaddlepointError } from '../../src/tensor/error.ts'

/** The library's error that `run` throws. */
export const thrown = (run: () => unknown): SaddlepointError => {
  try {
    run()
  } catch (cause) {
    if (isSaddlepointError(cause)) return cause
    throw cause
  }
  throw new Error('Nothing was thrown')
}

/** The library's error that a promise is rejected with. */
export const rejected = async (promise: Promise<unknown>): Promise<SaddlepointError> => {
  try {
    await promise
  } catch (cause) {
    if (isSaddlepointError(cause)) return cause
    throw cause
  }
  throw new Error('Nothing was rejected')
}
