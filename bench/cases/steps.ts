import { add } from '../../src/index.ts'
import type { Tensor } from '../../src/index.ts'
import type { Bench } from '../measure/bench.ts'
import type { Job } from '../measure/job.ts'
import { jobOf } from '../measure/job.ts'
import { zerosOf } from '../measure/random.ts'

/** x <- x + 1: what is timed is the way there and back. */
const count = (name: string, eachByItself: boolean, fed: boolean): Job =>
  jobOf<Tensor, readonly Tensor[], readonly Tensor[]>(
    { name },
    {
      carry: zerosOf(8),
      feed: () => (fed ? [zerosOf(1024)] : []),
      step: (x, feed) => [add(x, 1), feed.map((batch) => add(batch, 1))],
      watch: { kind: 'result', of: (x) => [x] },
      eachByItself
    }
  )

export const steps: Bench = {
  name: 'steps',
  groups: () => [
    {
      jobs: [
        count('steps: resident', false, false),
        count('steps: resident, fed and read', false, true),
        count('steps: run', true, false)
      ]
    }
  ]
}
