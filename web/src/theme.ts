import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core';

const teal: MantineColorsTuple = [
  '#e3fafc', '#c5f6fa', '#99e9f2', '#66d9e8', '#3bc9db', '#22b8cf', '#15aabf', '#0c8599', '#0b7285', '#095c6b',
];

export const theme = createTheme({
  colors: { teal },
  primaryColor: 'teal',
  primaryShade: { light: 8, dark: 8 },
  autoContrast: true,
  defaultRadius: 'md',
  cursorType: 'pointer',
  fontFamily: 'Inter, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "DejaVu Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace',
  headings: { fontWeight: '650' },
});

/** Mantine's quiet colours are below WCAG AA on its own backgrounds. */
export const variables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-body': '#f6f8fa',
    '--mantine-color-text': '#1b2631',
    '--mantine-color-dimmed': '#51606e',
    '--mantine-color-placeholder': '#5f6d7a',
    '--mantine-color-anchor': '#0b6477',
    '--mantine-color-error': '#c0202c',
    '--surface': '#ffffff',
    '--line': '#dde3e9',
    '--quiet': '#eef2f5',
    '--good': '#1b6e35', '--good-back': '#e3f5e8',
    '--bad': '#b3202c', '--bad-back': '#fdeaeb',
    '--warn': '#8a5300', '--warn-back': '#fdf1dc',
    '--calm': '#0b5f72', '--calm-back': '#e0f4f7',
    '--check': '#5530b0', '--check-back': '#eee9fb',
    '--plain': '#45525e', '--plain-back': '#e9edf1',
  },
  dark: {
    '--mantine-color-body': '#10161c',
    '--mantine-color-text': '#dfe7ee',
    '--mantine-color-dimmed': '#a3b1be',
    '--mantine-color-placeholder': '#94a3b1',
    '--mantine-color-anchor': '#66d9e8',
    '--mantine-color-error': '#ff8f96',
    '--surface': '#182028',
    '--line': '#2b3742',
    '--quiet': '#202a34',
    '--good': '#7ddc98', '--good-back': '#16351f',
    '--bad': '#ff9da3', '--bad-back': '#45191d',
    '--warn': '#ffc76b', '--warn-back': '#3d2c0d',
    '--calm': '#73dced', '--calm-back': '#0f3740',
    '--check': '#c6b2ff', '--check-back': '#2e2452',
    '--plain': '#bac7d2', '--plain-back': '#2a3640',
  },
});
