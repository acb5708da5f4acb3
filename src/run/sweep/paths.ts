/** Paths that come from elsewhere: none leads out of the folder that it is given for. */
import * as E from '#fp-ts/Either'
import { pipe } from '#fp-ts/function'
import * as TE from '#fp-ts/TaskEither'
import type { Issues } from '../../gan/check/issue.ts'
import { issue } from '../../gan/check/issue.ts'
import type { NodeModules } from '../../io/nodeModules.ts'
import { nodeModules } from '../../io/nodeModules.ts'
import { issueOfRun } from '../issueOfRun.ts'
import { showValue } from '../../tensor/problem.ts'

/** Follows links as far as the path is there; what is not there yet stays as it is written. */
const followed = async (node: NodeModules, path: string): Promise<string> => {
  const { fs, path: paths } = node
  try {
    return await fs.realpath(path)
  } catch (cause) {
    const isMissing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT'
    const isDangling = await fs.lstat(path).then(
      () => true,
      () => false
    )
    const parent = paths.dirname(path)
    return !isMissing || isDangling || parent === path
      ? ''
      : paths.join(await followed(node, parent), paths.basename(path))
  }
}

const outside = (folder: string, path: unknown): Issues => [
  issue(
    'BadFile',
    [showValue(path)],
    `a path inside ${folder}`,
    'one that leads out of it',
    'Name it as seen from that folder'
  )
]

/**
 * Finds the place of a relative path in a folder. Left where it is absolute, goes up, or where it or a folder on its way is a
 * link that leads out.
 */
export const inside = (folder: string, path: string): TE.TaskEither<Issues, string> =>
  pipe(
    TE.fromEither(nodeModules(folder)),
    TE.mapLeft(issueOfRun),
    TE.chain((node) => async () => {
      const { path: paths } = node
      const isPlain = path !== '' && !paths.isAbsolute(path) && !/^[A-Za-z]:|^\\|\0/.test(path)
      const root = await followed(node, paths.resolve(folder))
      const found = isPlain ? await followed(node, paths.resolve(root, path)) : ''
      const way = paths.relative(root, found)
      return found !== '' &&
        root !== '' &&
        way !== '' &&
        way !== '..' &&
        !way.startsWith(`..${paths.sep}`) &&
        !paths.isAbsolute(way)
        ? E.right(found)
        : E.left(outside(folder, path))
    })
  )
