import { statSync } from 'node:fs'
import { basename, dirname, extname, resolve } from 'node:path'
import { pipe } from '#fp-ts/function'
import * as TE from '#fp-ts/TaskEither'
import { readText } from '../../io/files.ts'
import type { Grid } from '../../run/sweep/grid.ts'
import { isRecord } from '../../tensor/tree.ts'
import type { Work } from '../cli.ts'
import { attempt, cannot, ofFile } from '../cli.ts'
import { loadModule } from './loadModule.ts'

const isModule = (file: string): boolean => /^\.[cm]?[jt]s$/.test(extname(file))

const json = (file: string): Work<unknown> =>
  pipe(
    readText(file),
    TE.mapLeft(ofFile),
    TE.chain((text) =>
      pipe(
        attempt(() => JSON.parse(text) as unknown),
        TE.mapLeft(({ message }) => cannot(`${file}: this is no JSON. ${message}`))
      )
    )
  )

/** A spec of a grid may be the name of a file: of JSON, which is read, or of a module, which workers load. */
const specIn = (given: unknown, folder: string): Work<unknown> => {
  if (typeof given !== 'string') return TE.right(given)
  if (extname(given) === '.json')
    return pipe(
      json(resolve(folder, given)),
      TE.map((spec) => ({ spec }))
    )
  return TE.right(isModule(given) ? { module: given } : given)
}

/** Reads the grid of a file, JSON or a module's default export; files that it names are seen from its folder. */
export const readGrid = (file: string): Work<Grid> =>
  pipe(
    isModule(file)
      ? pipe(
          attempt(() => loadModule(resolve(file))),
          TE.map((exports) => exports['default'] ?? exports['grid'])
        )
      : json(file),
    TE.chain((grid) => {
      if (!isRecord(grid) || !isRecord(grid['specs'])) return TE.right(grid as Grid)
      return pipe(
        Object.entries(grid['specs']),
        TE.traverseSeqArray(([name, spec]) =>
          pipe(
            specIn(spec, dirname(resolve(file))),
            TE.map((read) => [name, read] as const)
          )
        ),
        TE.map((specs) => ({ ...grid, specs: Object.fromEntries(specs) }) as unknown as Grid)
      )
    })
  )

/** Tells whether a path is a folder: that of a sweep, then. */
export const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true

/** Names the folder of a grid's sweep. */
export const sweepFolder = (file: string): string => `sweeps/${basename(file, extname(file))}`
