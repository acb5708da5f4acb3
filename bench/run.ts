/** The command line: npm run bench -- NAME... [options], all of them described by --help. */
import type { Bench, Group } from './measure/bench.ts'
import { measureBar } from './measure/bar.ts'
import { measureFresh } from './measure/fresh.ts'
import { measureGroup } from './measure/group.ts'
import type { Setting } from './measure/group.ts'
import type { Options } from './measure/options.ts'
import { readOptions, usage } from './measure/options.ts'
import { platformOf } from './measure/platform.ts'
import { mulberry32 } from './measure/random.ts'
import type { Row } from './report/row.ts'
import { showRow, heading } from './report/row.ts'
import { storeGroup } from './report/storeGroup.ts'
import { augment } from './cases/augment.ts'
import { compile } from './cases/compile.ts'
import { conv } from './cases/conv.ts'
import { convR1 } from './cases/conv-r1.ts'
import { elementwise } from './cases/elementwise.ts'
import { ganDcgan, ganDcgan64, ganDcganClamp, ganDcganR1 } from './cases/gan-dcgan.ts'
import { ganMlp } from './cases/gan-mlp.ts'
import { gemm } from './cases/gemm.ts'
import { generatorPenalties } from './cases/generator-penalties.ts'
import { jvp } from './cases/jvp.ts'
import { lab } from './cases/lab.ts'
import { linalg } from './cases/linalg.ts'
import { loops } from './cases/loop.ts'
import { mlpGp } from './cases/mlp-gp.ts'
import { reduce } from './cases/reduce.ts'
import { scans } from './cases/scan.ts'
import { steps } from './cases/steps.ts'
import { unrolled, unrolledLoop } from './cases/unrolled.ts'
import { unrolledRule, updateRules } from './cases/update-rules.ts'
import { vectormath } from './cases/vectormath.ts'

const benches: readonly Bench[] = [
  gemm,
  conv,
  elementwise,
  reduce,
  vectormath,
  mlpGp,
  convR1,
  ganMlp,
  ganDcgan,
  ganDcganClamp,
  ganDcgan64,
  ganDcganR1,
  unrolled,
  unrolledLoop,
  scans,
  updateRules,
  unrolledRule,
  augment,
  generatorPenalties,
  jvp,
  lab,
  linalg,
  steps,
  loops,
  compile
]

/** Finds the benches of these names; without names all but those that run by name only. */
const chosen = (names: readonly string[]): readonly Bench[] => {
  const unknown = names.filter((name) => !benches.some((bench) => bench.name === name))
  if (unknown.length > 0)
    throw new Error(`no bench ${unknown.join(', ')}: there are ${benches.map(({ name }) => name).join(', ')}`)
  return names.length === 0
    ? benches.filter(({ byNameOnly }) => byNameOnly !== true)
    : benches.filter(({ name }) => names.includes(name))
}

/** Keeps the groups that have a step whose name contains what `--only` says. */
const onlySome = (groups: readonly Group[], { only }: Options): readonly Group[] =>
  groups.filter(({ jobs }) => jobs.some(({ name }) => name.includes(only)))

/** Runs what the options ask for, and tells whether all values agreed. */
const runAll = async (options: Options): Promise<boolean> => {
  let sound = true
  const print = (row: Row): void => {
    if (row.failed !== undefined) sound = false
    console.log(options.json ? JSON.stringify(row) : showRow(row))
  }
  const setting: Setting = { options, platform: await platformOf(options), print }
  if (!options.json) console.log(heading)
  for (const bench of chosen(options.names)) {
    for (const group of onlySome(bench.groups(), options))
      await (options.store ? storeGroup(group, setting) : measureGroup(group, setting))
    for (const bar of options.store ? [] : (bench.bars ?? []))
      if (bar.name.includes(options.only)) await measureBar(bar, setting)
    for (const name of options.store ? [] : (bench.fresh ?? [])) measureFresh(name, setting)
    if (options.randomSizes && bench.drawn !== undefined) {
      const { name } = bench
      const { seed, json } = options
      console.log(json ? JSON.stringify({ name, seed }) : `${name}: sizes of seed ${String(seed)}`)
      for (const group of onlySome(bench.drawn(mulberry32(seed)), options)) await measureGroup(group, setting)
    }
  }
  return sound
}

try {
  const options = readOptions(process.argv.slice(2))
  if (options === undefined) console.log(usage)
  else if (!(await runAll(options))) process.exitCode = 1
} catch (cause) {
  console.error(cause instanceof Error ? cause.message : cause)
  process.exitCode = 2
}
