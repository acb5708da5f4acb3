/** Folders of runs in tests: the files in them, and a small run. */
import { mkdtempSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Opt, Gan } from '../../src/index.ts'
import type { Run } from '../../src/run.ts'
import { points, smallSpec } from '../support/smallGan.ts'

export const temporary = (): string => mkdtempSync(join(tmpdir(), 'saddlepoint-run-'))

/** All files of a folder by their paths, as text of their bytes; those that say what a run took are left out. */
export const contentOf = (folder: string, under = ''): Readonly<Record<string, string>> =>
  Object.fromEntries(
    readdirSync(join(folder, under))
      .sort()
      .flatMap((name): (readonly [string, string])[] => {
        const path = join(under, name)
        if (statSync(join(folder, path)).isDirectory()) return Object.entries(contentOf(folder, path))
        return path === 'metrics.json' ? [] : [[path, readFileSync(join(folder, path), 'latin1')]]
      })
  )

/** A spec whose optimizers remember, on points of the plane. */
export const spec = smallSpec(Gan.withOptimizer('generator', Opt.adam({ learningRate: 0.01 })))

export const smallRun: Run.RunOptions = {
  spec,
  data: { name: 'points', shape: [2], sample: points },
  batchSize: 4,
  steps: 10,
  every: 4,
  keep: 2,
  engine: 'reference'
}
