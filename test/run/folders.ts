/** Folders of runs in tests: the files in them, and a small run. */
import { mkdtempSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Gan, Loss, Net, Opt, Prior, Random, pipe } from '../../src/index.ts'
import type { Tensor } from '../../src/index.ts'
import type { Run } from '../../src/run.ts'

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

/** Tiny images, which are drawn fast, and optimizers that remember. */
export const imageSpec = (...edits: readonly ((spec: Gan.Spec) => Gan.Spec)[]): Gan.Spec =>
  edits.reduce(
    (spec, edit) => edit(spec),
    pipe(
      Gan.between({
        generator: Net.serial(Net.dense(2, 9), Net.tanh, Net.reshape([1, 3, 3])),
        discriminator: Net.serial(Net.flatten, Net.dense(9, 1)),
        prior: Prior.normal([2])
      }),
      Gan.withLoss(Loss.nonSaturating),
      Gan.withOptimizer('generator', Opt.adam({ learningRate: 0.01 })),
      Gan.withOptimizer('discriminator', Opt.adam({ learningRate: 0.01 }))
    )
  )

/** Measures a number, one that is none, and a tensor. */
const bias: Gan.Probe<{ first: number; log: number; all: Tensor }> = {
  name: 'bias',
  run: (_, { players }) => {
    const [{ bias: all }] = players['generator']!.params as readonly [{ readonly bias: Tensor }]
    return { first: all.data[0]!, log: Math.log(0), all }
  }
}

export const smallRun: Run.RunOptions = {
  spec: imageSpec(),
  data: { name: 'noise', shape: [1, 3, 3], sample: (key, n) => Random.uniform(key, [n, 1, 3, 3]) },
  batchSize: 4,
  steps: 10,
  every: 4,
  keep: 2,
  engine: 'reference',
  probes: [{ every: 3, probe: bias }]
}
