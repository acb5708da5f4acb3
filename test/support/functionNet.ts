/** A network that is a plain function of its parameters, for tests that bring parameters of their own. */
import type { Layer, Tree } from '../../src/nn/layer.ts'
import { layer } from '../../src/nn/layer.ts'
import type { Tensor } from '../../src/tensor/tensor.ts'

export const functionNet = <P extends Tree>(name: string, initial: P, f: (params: P, x: Tensor) => Tensor): Layer =>
  layer<unknown, unknown, P>({
    name,
    init: () => ({ params: initial, state: [] }),
    apply: ({ params, state }, x) => [f(params, x), state]
  })
