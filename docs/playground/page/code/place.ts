import { typescriptLanguage } from '@codemirror/lang-javascript'

/** A part of a text, in characters from its beginning. */
export interface Place {
  readonly from: number
  readonly to: number
}

type SyntaxNode = ReturnType<typeof typescriptLanguage.parser.parse>['topNode']
type Steps = readonly (string | number)[]

interface Code {
  readonly textOf: (node: SyntaxNode) => string
  /** What a variable of the module stands for, by name. */
  readonly variables: ReadonlyMap<string, SyntaxNode>
}

const childrenOf = (node: SyntaxNode): readonly SyntaxNode[] => {
  const children: SyntaxNode[] = []
  for (let child = node.firstChild; child !== null; child = child.nextSibling) children.push(child)
  return children
}

const punctuation = /^[()[\]{},:.=?]$|Equals|Spread/

/** The parts of a list of arguments, of an array or of a property, without what stands between them. */
const partsOf = (node: SyntaxNode): readonly SyntaxNode[] =>
  childrenOf(node).filter(({ name }) => !punctuation.test(name))

const variablesOf = (tree: SyntaxNode, textOf: Code['textOf']): ReadonlyMap<string, SyntaxNode> =>
  new Map(
    childrenOf(tree)
      .flatMap((node) => [node, ...childrenOf(node)])
      .filter(({ name }) => name === 'VariableDeclaration' || name === 'FunctionDeclaration')
      .flatMap((declaration) => {
        const defined = declaration.getChild('VariableDefinition')
        const value = partsOf(declaration).findLast(({ name }) => name !== ';')
        const stands = declaration.name === 'FunctionDeclaration' ? declaration : value
        return defined === null || stands === undefined ? [] : [[textOf(defined), stands] as const]
      })
  )

const unquoted = (text: string): string => text.replace(/^(['"`])(.*)\1$/s, '$2')

/** `regularizers` of a spec is what `withRegularizer` makes, `networks` what `between` does. */
const edits = (callee: string, step: string): boolean =>
  callee === 'between'
    ? step === 'networks'
    : callee.startsWith('with') && `${callee.slice(4).toLowerCase()}s`.startsWith(step.toLowerCase())

/** How a node says a word: as a property, as the function it calls, as an argument, or by itself. */
const saying = (
  { textOf, variables }: Code,
  node: SyntaxNode,
  word: string
): { order: number; at: SyntaxNode } | undefined => {
  const parts = partsOf(node)
  const [head, ...others] = parts
  if (head === undefined) {
    const text = node.name === 'String' ? unquoted(textOf(node)) : textOf(node)
    const isName = ['String', 'VariableName', 'PropertyName'].includes(node.name)
    return isName && text === word ? { order: 3, at: node } : undefined
  }
  if (node.name === 'Property') {
    if (unquoted(textOf(head)) !== word) return undefined
    return { order: 0, at: others.at(-1) ?? variables.get(word) ?? head }
  }
  if (node.name !== 'CallExpression') return undefined
  const callee = textOf(head.name === 'MemberExpression' ? (head.lastChild ?? head) : head)
  if (callee === word || edits(callee, word)) return { order: 1, at: node }
  const args = node.getChild('ArgList')
  const isFirst = args !== null && partsOf(args).some((x) => x.name === 'String' && unquoted(textOf(x)) === word)
  return isFirst ? { order: 2, at: node } : undefined
}

/** What a variable was declared as, instead of its name. */
const meantBy = ({ textOf, variables }: Code, node: SyntaxNode): SyntaxNode =>
  (node.name === 'VariableName' ? variables.get(textOf(node)) : undefined) ?? node

const within = (code: Code, node: SyntaxNode, seen: ReadonlySet<string> = new Set()): readonly SyntaxNode[] => {
  const name = node.name === 'VariableName' ? code.textOf(node) : ''
  const meant = seen.has(name) ? undefined : code.variables.get(name)
  const below = meant === undefined ? childrenOf(node) : [meant]
  const known = meant === undefined ? seen : new Set([...seen, name])
  return [node, ...below.flatMap((child) => within(code, child, known))]
}

/** The i-th of the arguments of a call, or of the list that is its only one. */
const itemsOf = (code: Code, node: SyntaxNode): readonly SyntaxNode[] => {
  const meant = meantBy(code, node)
  if (meant.name === 'ArrayExpression') return partsOf(meant)
  const args = meant.name === 'CallExpression' ? meant.getChild('ArgList') : null
  if (args === null) return []
  const [first, ...others] = partsOf(args)
  return first?.name === 'ArrayExpression' && others.length === 0 ? partsOf(first) : partsOf(args)
}

const stepped = (code: Code, nodes: readonly SyntaxNode[], step: string | number): readonly SyntaxNode[] =>
  typeof step === 'number'
    ? nodes.flatMap((node) => itemsOf(code, node).slice(step, step + 1))
    : nodes
        .flatMap((node) => within(code, node).flatMap((inner) => saying(code, inner, step) ?? []))
        .sort((a, b) => a.order - b.order)
        .map(({ at }) => at)

/** Goes down as many steps of a path as there are, from a node. */
const descended = (
  code: Code,
  from: SyntaxNode,
  path: Steps
): { readonly node: SyntaxNode; readonly steps: number } => {
  let [nodes, steps]: [readonly SyntaxNode[], number] = [[from], 0]
  for (const step of path) {
    const next = stepped(code, nodes, step)
    if (next.length === 0) continue
    nodes = next
    steps += 1
  }
  return { node: meantBy(code, nodes[0] ?? from), steps }
}

/**
 * Finds what in the code of a spec a path is about: `['update', 'discriminatorSteps']`, say. Steps that the code does not
 * say are passed over; the spec itself is the place of what it says nothing of.
 */
export const placeOf = (text: string, path: Steps): Place => {
  const tree = typescriptLanguage.parser.parse(text).topNode
  const textOf = ({ from, to }: SyntaxNode): string => text.slice(from, to)
  const code: Code = { textOf, variables: variablesOf(tree, textOf) }
  const spec = code.variables.get('spec') ?? tree
  // What comes first in a path may lead astray: a player is named in many places, its term in one.
  const found = [spec, tree]
    .flatMap((from) => path.map((_, i) => descended(code, from, path.slice(i))))
    .reduce((best, one) => (one.steps > best.steps ? one : best), { node: spec, steps: 0 })
  return { from: found.node.from, to: found.node.to }
}
