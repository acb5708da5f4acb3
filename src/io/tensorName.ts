import type { Path } from '../tensor/tree.ts'

/**
 * Names a tensor by its path: `players.generator.params.0.weights`. A dot within a key is written `~1`, a tilde `~0`, so
 * that two paths never have one name.
 */
export const nameOf = (path: Path): string =>
  path.map((key) => String(key).replaceAll('~', '~0').replaceAll('.', '~1')).join('.')

/** Returns the path of a name that `nameOf` gave, every key as text. */
export const pathOf = (name: string): Path =>
  name.split('.').map((key) => key.replaceAll('~1', '.').replaceAll('~0', '~'))
