/**
 * Which GANs find all modes? Eight presets on the ring of 8 Gaussians and the grid of 25, on which PacGAN, VEEGAN and others were measured.
 *
 * Arms are presets as they come: they differ by loss, penalties, update rule and optimizers, each as published, and have networks, batch and the
 * number of the generator's steps in common. Of each run, by 2,500 samples at its end: modes captured, samples of high quality, reverse KL.
 *
 *     npm run example -- examples/modeCollapse.ts [steps] [seeds] [threads]
 *
 * With 20,000 steps and 5 seeds it takes some 20 minutes; docs/results.md has what came of that.
 *
 * A run is a line of out/mode-collapse/runs.jsonl as soon as it has ended, and is not done again: a study that was stopped goes on.
 */
import { appendFile, mkdir, readFile } from 'node:fs/promises'
import { pathToFileURL } from 'node:url'
import { E, Engine, Gan, Issue, Preset, Study, Toy, modeCoverage, pipe } from 'saddlepoint'

const presets = ['gan', 'unrolled', 'pacgan', 'wgan-gp', 'r1', 'r3gan', 'jacobian-clamp', 'log-condition'] as const
const toys = [Toy.ring(), Toy.grid()]

/** A run as a row of the table of results. */
export interface Run extends Study.Row {
  readonly toy: string
  readonly arm: string
  readonly seed: number
  readonly steps: number
  readonly modes: number
  /** Samples within three standard deviations of a mode, in percent. */
  readonly highQuality: number
  /** In nats; that of a single mode, the most there is, where no sample is of high quality. */
  readonly reverseKl: number
  readonly seconds: number
}

export interface StudyOptions {
  readonly steps?: number
  readonly seeds?: readonly number[]
  /** Units of each hidden layer. */
  readonly width?: number
  readonly batchSize?: number
  readonly engine?: Engine.Engine
  /** Runs of an earlier call, which are taken as they are. */
  readonly done?: readonly Run[]
  /** Told of each run that is new, and awaited. */
  readonly tell?: (run: Run) => unknown
}

/** Trains one spec on one toy and measures it. */
const runOf = async (
  toy: Toy.Mixture,
  { arm, seed, spec }: Study.Arm<Gan.Spec>,
  { steps, batchSize, engine }: { readonly steps: number; readonly batchSize: number; readonly engine: Engine.Engine }
): Promise<Run> => {
  const trained = await Gan.train({ data: toy.sample, batchSize, steps, seed, engine })(spec)()
  if (E.isLeft(trained)) throw new Error(`${toy.name}, ${arm}, seed ${String(seed)}: ${Issue.show(trained.left)}`)
  const { state, seconds, step } = trained.right
  const sample = pipe(spec, Gan.generate({ count: 2500, engine }))
  const { captured, modes, highQuality, reverseKl } = modeCoverage(await sample(state, seed), toy.modes)
  for (const one of [sample, step]) one.dispose()
  return {
    ...{ toy: toy.name, arm, seed, steps, modes: captured, highQuality: 100 * highQuality },
    reverseKl: Number.isNaN(reverseKl) ? Math.log(modes) : reverseKl,
    seconds
  }
}

/** Runs the study: a table with a row a run. */
export const study = async ({
  steps = 20_000,
  seeds = [0, 1, 2, 3, 4],
  width = 64,
  batchSize = 128,
  engine = Engine.wasm(),
  done = [],
  tell = () => undefined
}: StudyOptions = {}): Promise<readonly Run[]> => {
  const specs = Object.fromEntries(presets.map((name) => [name, Preset.of(name, { width })]))
  const table: Run[] = []
  for (const one of Study.arms(specs, seeds))
    for (const toy of toys) {
      const isThis = (run: Run): boolean =>
        run.toy === toy.name && run.arm === one.arm && run.seed === one.seed && run.steps === steps
      const earlier = done.find(isThis)
      const run = earlier ?? (await runOf(toy, one, { steps, batchSize, engine }))
      if (earlier === undefined) await tell(run)
      table.push(run)
    }
  return table
}

const figures = { modes: 1, highQuality: 1, reverseKl: 3 } as const

/** Writes what a table says: for each toy a line an arm, mean and standard error of each figure. */
export const told = (table: readonly Run[]): string =>
  toys
    .flatMap(({ name }) => {
      const rows = table.filter(({ toy }) => toy === name)
      const columns = Object.entries(figures).map(([figure, digits]) =>
        Study.summarize(rows, figure).map(
          ({ mean, standardError }) => `${mean.toFixed(digits)} ± ${standardError.toFixed(digits)}`
        )
      )
      const arms = Study.summarize(rows, 'seconds')
      return [
        `| ${name} | modes | high quality, % | reverse KL | seconds |`,
        '| --- | --- | --- | --- | --- |',
        ...arms.map(({ arm, mean }, i) => `| ${[arm, ...columns.map((one) => one[i]), mean.toFixed(0)].join(' | ')} |`),
        ''
      ]
    })
    .join('\n')

const main = async ([steps = '20000', seeds = '5', threads = '2']: readonly string[]): Promise<void> => {
  const out = 'out/mode-collapse'
  const file = `${out}/runs.jsonl`
  await mkdir(out, { recursive: true })
  const lines = await readFile(file, 'utf8').catch(() => '')
  const table = await study({
    steps: Number(steps),
    seeds: Array.from({ length: Number(seeds) }, (_, seed) => seed),
    engine: Engine.wasm({ threads: Number(threads) }),
    done: lines
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Run),
    tell: (run) => appendFile(file, `${JSON.stringify(run)}\n`)
  })
  process.stdout.write(told(table))
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main(process.argv.slice(2))
