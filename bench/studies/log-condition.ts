/**
 * Does a penalty of the log condition number lower it? Trains the digits' DCGAN pair of the demo without it and with it, from
 * the same seeds, and looks at 16 latents as it goes. Appends a row a run to out/log-condition.jsonl and skips the runs that are
 * there, so that it can be ended and begun again; then prints the differences of pairs.
 *
 *   npx tsc -p bench && node out/bench/bench/studies/log-condition.js DIRECTORY [steps 1000] [seeds 5] [weights 0,1] [subset 4]
 */
import { appendFile, mkdir, readFile } from 'node:fs/promises'
import { imageRecipe } from '../../src/cli/spec/recipes.ts'
import { E, Engine, Gan, Issue, Lab, Objective, Reg, batches, pipe, readDigits } from '../../src/index.ts'

const file = 'out/log-condition.jsonl'
const every = 4

interface Row {
  readonly steps: number
  readonly weight: number
  readonly subset: number
  readonly seed: number
  /** Mean log condition number of the averaged generator after each tenth of the steps. */
  readonly logConditions: readonly number[]
  readonly deviation: number
  /** That of the generator as it is, at the end. */
  readonly current: number
  /** Of processor time, compiling and probes included. */
  readonly secondsPerStep: number
}

const alike = (row: Row, other: Partial<Row>): boolean =>
  (['steps', 'weight', 'subset', 'seed'] as const).every((name) => row[name] === other[name])

const rowsSoFar = async (): Promise<readonly Row[]> => {
  const text = await readFile(file, 'utf8').catch(() => '')
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Row)
}

const [directory = '', steps = '1000', seeds = '5', weights = '0,1', subset = '4'] = process.argv.slice(2)
const digits = await readDigits(directory)()
if (E.isLeft(digits)) throw new Error(`${digits.left.file}: expected ${digits.left.expected}`)
const { images } = digits.right
const [, channels = 1, height = 28, width = 28] = images.shape
const { spec: plain, batchSize } = imageRecipe([channels, height, width], Number(steps))

const run = async (weight: number, seed: number): Promise<Row> => {
  const penalty = pipe(Reg.logCondition({ weight, subset: Number(subset) }), Objective.every(every))
  const spec = weight === 0 ? plain : Gan.withRegularizer('generator', penalty)(plain)
  const [average, current] = [
    Lab.conditioning({ latents: 16 }),
    { ...Lab.conditioning({ latents: 16, parameters: 'current' }), name: 'current' }
  ]
  const count = Number(steps)
  const before = process.cpuUsage()
  const trained = await pipe(
    spec,
    Gan.train({
      data: batches(images, { batchSize, seed }).from(),
      batchSize,
      steps: count,
      seed,
      engine: Engine.wasm({ threads: 1 }),
      probes: [
        { every: count / 10, probe: average },
        { every: count, probe: current }
      ]
    })
  )()
  if (E.isLeft(trained)) throw new Error(Issue.show(trained.left))
  const measured = Gan.measurementsOf(average, trained.right).map(({ figures }) => figures)
  trained.right.step.dispose()
  const { user, system } = process.cpuUsage(before)
  return {
    steps: count,
    weight,
    subset: Number(subset),
    seed,
    logConditions: measured.map(({ logCondition }) => Number(logCondition.toFixed(4))),
    deviation: Number((measured.at(-1)?.deviation ?? NaN).toFixed(4)),
    current: Number((Gan.measurementsOf(current, trained.right).at(-1)?.figures.logCondition ?? NaN).toFixed(4)),
    secondsPerStep: (user + system) / 1e6 / count
  }
}

await mkdir('out', { recursive: true })
for (let seed = 0; seed < Number(seeds); seed++)
  for (const weight of weights.split(',').map(Number)) {
    const wanted = { steps: Number(steps), weight, subset: Number(subset), seed }
    if ((await rowsSoFar()).some((row) => alike(row, wanted))) continue
    const row = await run(weight, seed)
    await appendFile(file, `${JSON.stringify(row)}\n`)
    process.stdout.write(`${JSON.stringify(row)}\n`)
  }

const rows = await rowsSoFar()
const last = (weight: number, seed: number): number | undefined =>
  rows.find((row) => alike(row, { steps: Number(steps), weight, subset: Number(subset), seed }))?.logConditions.at(-1)
for (const weight of weights.split(',').map(Number).slice(1)) {
  const differences = Array.from(
    { length: Number(seeds) },
    (_, seed) => (last(weight, seed) ?? NaN) - (last(0, seed) ?? NaN)
  )
  const mean = differences.reduce((sum, x) => sum + x, 0) / differences.length
  const variance = differences.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (differences.length - 1)
  const error = Math.sqrt(variance / differences.length)
  process.stdout.write(
    `weight ${String(weight)}: ${mean.toFixed(3)} ± ${error.toFixed(3)} (standard error), of ${differences.map((x) => x.toFixed(2)).join(', ')}\n`
  )
}
