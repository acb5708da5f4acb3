import { transform } from 'sucrase'

/** Turns TypeScript into what the sandbox's worker runs: types taken out, imports and exports as CommonJS. */
export const runnable = (code: string): { readonly code: string; readonly problem?: string } => {
  try {
    return { code: transform(code, { transforms: ['typescript', 'imports'] }).code }
  } catch (cause) {
    return { code: '', problem: cause instanceof Error ? cause.message : String(cause) }
  }
}
