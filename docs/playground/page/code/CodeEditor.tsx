import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { javascript } from '@codemirror/lang-javascript'
import { bracketMatching, defaultHighlightStyle, syntaxHighlighting } from '@codemirror/language'
import type { Diagnostic } from '@codemirror/lint'
import { lintGutter, setDiagnostics } from '@codemirror/lint'
import { EditorState } from '@codemirror/state'
import { EditorView, keymap, lineNumbers } from '@codemirror/view'
import { useEffect, useRef } from 'preact/hooks'

export interface CodeEditorProps {
  readonly value: string
  readonly problems: readonly string[]
  readonly onChange: (value: string) => void
}

/** The place that a message names: (line:column), or the last word of a path that the code has. */
const placeIn = (state: EditorState, problem: string): { readonly from: number; readonly to: number } => {
  const told = /\((\d+):(\d+)\)/.exec(problem)
  if (told !== null) {
    const line = state.doc.line(Math.min(Number(told[1]), state.doc.lines))
    return { from: Math.min(line.from + Number(told[2]) - 1, line.to), to: line.to }
  }
  const words = (problem.split(':')[0] ?? '').split('.').reverse()
  const text = state.doc.toString()
  for (const word of words) {
    const from = word === '' ? -1 : text.indexOf(word)
    if (from >= 0) return { from, to: from + word.length }
  }
  return { from: 0, to: 0 }
}

/** An editor of code, with the library's issues at their places. */
export const CodeEditor = ({ value, problems, onChange }: CodeEditorProps) => {
  const place = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView | undefined>(undefined)
  useEffect(() => {
    if (place.current === null) return
    const made = new EditorView({
      parent: place.current,
      state: EditorState.create({
        doc: value,
        extensions: [
          lineNumbers(),
          history(),
          bracketMatching(),
          javascript({ typescript: true }),
          syntaxHighlighting(defaultHighlightStyle),
          lintGutter(),
          keymap.of([...defaultKeymap, ...historyKeymap]),
          EditorView.contentAttributes.of({ 'aria-label': 'The game as code' }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) onChange(update.state.doc.toString())
          })
        ]
      })
    })
    view.current = made
    return () => made.destroy()
  }, [])
  const told = problems.join('\n')
  useEffect(() => {
    const made = view.current
    if (made === undefined) return
    const diagnostics = problems.map((message): Diagnostic => ({
      ...placeIn(made.state, message),
      message,
      severity: 'error'
    }))
    made.dispatch(setDiagnostics(made.state, diagnostics))
  }, [told])
  return <div ref={place} class="editor" />
}
