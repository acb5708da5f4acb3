/** What modules of the user's export: a spec, or a function of settings that gives one. */
export interface Exported {
  /** Not checked yet. */
  readonly made: unknown
  /** Whether a function took the settings. */
  readonly taken: boolean
}

/** Takes what a module exports as its default, or as `spec`; where that is a function, it is called with the settings. */
export const exportedSpec = (exports: Readonly<Record<string, unknown>>, settings: object): Exported => {
  const found = exports['default'] ?? exports['spec']
  return typeof found === 'function'
    ? { made: (found as (of: object) => unknown)(settings), taken: true }
    : { made: found, taken: false }
}

/** The hash by which a run knows its module again. */
export const hashOf = (text: string | Uint8Array): string =>
  process.getBuiltinModule('node:crypto').createHash('sha256').update(text).digest('hex')
