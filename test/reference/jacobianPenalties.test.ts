/** The penalties of zoo.json that look at a generator's Jacobian: each by its pure core, with its gradient. */
import { Reg, mean, mul, reduceMax } from '../../src/index.ts'
import { numberAt } from '../support/reference.ts'
import type { ZooCase } from '../support/referenceZoo.ts'
import { mlpsOf, testZoo } from '../support/referenceZoo.ts'

const attr = ({ attrs }: ZooCase, name: string): number => numberAt(name, attrs[name])

testZoo('jacobianPenalties', {
  logCondition: (item, parameters) => {
    const { generator: G } = mlpsOf(item, parameters)
    return mul(attr(item, 'weight'), mean(Reg.logConditions(G!, item.inputs['z']!)))
  },
  logDeterminant: (item, parameters) => {
    const { generator: G } = mlpsOf(item, parameters)
    return mul(attr(item, 'weight'), mean(Reg.logDeterminants(G!, item.inputs['z']!)))
  },
  jacobianClampExtremal: (item, parameters) => {
    const { generator: G } = mlpsOf(item, parameters)
    return Reg.extremalClampPenalty(G!, item.inputs['z']!, attr(item, 'min'), attr(item, 'max'))
  },
  orthogonalJacobian: (item, parameters) => {
    const { generator: G } = mlpsOf(item, parameters)
    const { z, rademacher } = item.inputs
    const each = item.attrs['mode'] === 'exact' ? Reg.offDiagonals(G!, z!) : Reg.stretchVariances(G!, z!, rademacher!)
    return mul(attr(item, 'weight'), mean(each))
  },
  hessianPenalty: (item, parameters) => {
    const { generator: G } = mlpsOf(item, parameters)
    const { z, rademacher } = item.inputs
    const each = Reg.curvatureVariances(G!, z!, rademacher!)
    const overOutputs = item.attrs['reduction'] === 'max' ? reduceMax(each, { axes: [1] }) : mean(each, { axes: [1] })
    return mul(attr(item, 'weight'), mean(overOutputs))
  }
})
