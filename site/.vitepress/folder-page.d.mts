export function folderPage(href: string): string;
