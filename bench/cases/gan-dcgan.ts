import type { Bench } from '../bench.ts'
import type { Clamp } from '../dcgan.ts'
import { dcganJob, drawSizes } from '../dcgan.ts'

const benchOf = (name: string, clamp: Clamp): Bench => ({
  name,
  groups: () => [{ jobs: [dcganJob({ name }, clamp)] }],
  drawn: (random) =>
    Array.from({ length: 3 }, () => {
      const sizes = drawSizes(random)
      const drawn = { name: `${name} ${sizes.batch}: ${sizes.channels.join('-')}`, rateAgainst: name }
      return { jobs: [dcganJob({ name }, clamp), dcganJob(drawn, clamp, sizes)] }
    })
})

export const ganDcgan = benchOf('gan-dcgan', 'none')
/** With the secant form of Jacobian clamping, as published. */
export const ganDcganClamp = benchOf('gan-dcgan-clamp', 'secant')
