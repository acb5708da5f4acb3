import { stack } from '../../ops/assembly.ts'
import { tensor } from '../../ops/creation.ts'
import { range } from '../../tensor/shape.ts'
import { treeMap } from '../../tensor/tree.ts'
import { scan } from '../../transform/scan/scan.ts'
import { metricsOf } from './metrics.ts'
import type { PhaseFeed, RunRepeatedly } from './run.ts'
import { runOnce } from './run.ts'

/** Takes what a feed holds beside numbers: data, of which an iteration reads a slice. */
const givenOf = ({ batches, draws }: PhaseFeed) => ({ batches, draws })

/**
 * Runs a phase that remembers nothing so many times, as one loop, and gives what it would give written out. So a step takes as
 * long to compile for a hundred of them as for two.
 */
export const runRepeatedly: RunRepeatedly = (
  setting,
  phase,
  batchSize,
  times,
  feedOf,
  { players, memories, figures }
) => {
  const feeds = range(times).map(feedOf)
  const numbers = range(phase.minibatches).map((j) => tensor(feeds.map((of) => of.numbers[j] as number), [times], 'int32')) // prettier-ignore
  let read = 0
  const [after, metrics] = scan(
    (before, feed) => {
      const one = runOnce(setting, phase, batchSize, feed, { ...before, figures: {} }, [])
      read = one.read * times
      return [{ players: one.position.players, memories: one.position.memories }, metricsOf(one.position.figures)]
    },
    { players, memories },
    { numbers, ...treeMap((...leaves) => stack(leaves), givenOf(feedOf(0)), ...feeds.slice(1).map(givenOf)) }
  )
  const joined = Object.entries(metrics).map(([player, of]) => [player, [...(figures[player] ?? []), of]] as const)
  return { position: { ...after, figures: { ...figures, ...Object.fromEntries(joined) } }, memory: [], read }
}
