/** What tests of sweeps share: programs built for processes of their own, the runs alone, and what folders hold. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'
import { Gan, Loss, Net, Opt, Prior, pipe } from '../../../src/index.ts'
import type { Sweep } from '../../../src/run.ts'
import type { Job } from '../../../src/run/sweep/job.ts'
import { loadModule } from '../../../src/cli/spec/loadModule.ts'
import { runJob } from '../../../src/run/sweep/runJob.ts'
import { contentOf } from '../folders.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))

/** The sources as JavaScript, which a process of plain Node starts at once. */
export interface Built {
  /** The program of a runner. */
  readonly program: string
  /** A folder of modules; `own.js` makes a spec that only code can make. */
  readonly modules: string
  /** The path of another program. */
  readonly at: (name: string) => string
  readonly remove: () => void
}

const own = `
import { Gan, Loss, Net, Opt, Prior, mul, pipe } from 'saddlepoint'
export default ({ slope }) => pipe(
  Gan.between({
    generator: Net.serial(Net.dense(2, 784), Net.reshape([1, 28, 28])),
    discriminator: Net.serial(Net.lambda('scaled', (x) => mul(x, slope), { preserves: true }), Net.flatten, Net.dense(784, 1)),
    prior: Prior.normal([2])
  }),
  Gan.withLoss(Loss.nonSaturating),
  Gan.withOptimizer('generator', Opt.sgd({ learningRate: 0.1 })),
  Gan.withOptimizer('discriminator', Opt.sgd({ learningRate: 0.1 }))
)
`

export const build = async (others: Readonly<Record<string, string>> = {}): Promise<Built> => {
  mkdirSync(join(root, 'out'), { recursive: true })
  const dir = mkdtempSync(join(root, 'out', 'sweep-'))
  const sources = { runner: 'src/cli/runner.ts', index: 'src/index.ts', ...others }
  const bundle = await rolldown({
    input: Object.fromEntries(Object.entries(sources).map(([name, path]) => [name, join(root, path)])),
    platform: 'node',
    external: /^[^./#]/
  })
  await bundle.write({ dir, format: 'esm' })
  await bundle.close()
  const modules = join(dir, 'modules')
  mkdirSync(modules)
  writeFileSync(join(modules, 'own.js'), own)
  return {
    program: join(dir, 'runner.js'),
    modules,
    at: (name) => join(dir, `${name}.js`),
    remove: () => {
      rmSync(dir, { recursive: true })
    }
  }
}

/** Of images, whose pictures are cheap, and so small that a run takes a second. */
const tiny = pipe(
  Gan.between({
    generator: Net.serial(Net.dense(2, 784), Net.reshape([1, 28, 28])),
    discriminator: Net.serial(Net.flatten, Net.dense(784, 1)),
    prior: Prior.normal([2])
  }),
  Gan.withLoss(Loss.nonSaturating),
  Gan.withOptimizer('generator', Opt.adam({ learningRate: 0.1 })),
  Gan.withOptimizer('discriminator', Opt.adam({ learningRate: 0.1 }))
)

export const grid: Sweep.Grid = {
  specs: { tiny },
  settings: { 'optimizers.generator.learningRate': [1e-2, 1e-3] },
  seeds: 2,
  data: 'shapes',
  batchSize: 2,
  steps: 12,
  every: 4,
  engine: 'reference'
}

/** Does runs of a sweep alone, in this process, and gives what is in their folders. */
export const alone = async (folder: string, jobs: readonly Job[]): Promise<Readonly<Record<string, object>>> => {
  const contents: Record<string, object> = {}
  for (const job of jobs) {
    const outcome = await runJob(job, { folder, modules: root }, { load: loadModule })()
    if (outcome.ended !== 'done') throw new Error(JSON.stringify(outcome))
    contents[job.name] = contentOf(join(folder, 'runs', job.name))
  }
  return contents
}

/** What is in the folders of all runs of a sweep. */
export const contentsOf = (folder: string): Readonly<Record<string, object>> =>
  Object.fromEntries(readdirSync(join(folder, 'runs')).map((name) => [name, contentOf(join(folder, 'runs', name))]))

export const until = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 20))
}
