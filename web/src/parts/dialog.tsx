import { CloseButton } from '@mantine/core';
import { useEffect, useId, useRef, type ReactNode } from 'react';

/** A dialog of the browser's own: it keeps the focus, Escape closes it, and the focus goes back to where it was. */
export function Dialog({ title, close, children }: { title: string; close: () => void; children: ReactNode }) {
  const frame = useRef<HTMLDialogElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const id = useId();
  useEffect(() => {
    const element = frame.current!;
    const before = document.activeElement;
    if (!element.open) element.showModal();
    heading.current?.focus();
    return () => {
      element.close();
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <dialog ref={frame} className="dialog" aria-labelledby={id} onCancel={(event) => {
      event.preventDefault();
      close();
    }}>
      <div className="title">
        <h2 id={id} ref={heading} tabIndex={-1}>{title}</h2>
        <CloseButton aria-label="Close" onClick={close} />
      </div>
      {children}
    </dialog>
  );
}
