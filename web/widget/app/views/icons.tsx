import type { ComponentChildren } from "preact";

const Icon = ({ children, size = 20 }: { children: ComponentChildren; size?: number }) => (
  <svg viewBox="0 0 24 24" width={size} height={size} fill="none" stroke="currentColor" stroke-width="1.9" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">
    {children}
  </svg>
);

export const DownIcon = () => <Icon size={22}><path d="m6 9.5 6 6 6-6" /></Icon>;
export const SendIcon = () => <Icon><path d="M12 19V5M5.5 11.5 12 5l6.5 6.5" /></Icon>;
export const ClipIcon = () => <Icon><path d="m19.500 11.500-7.300 7.300a4.600 4.600 0 0 1-6.500-6.500l7.700-7.700a3.100 3.100 0 0 1 4.300 4.300l-7.700 7.700a1.500 1.500 0 0 1-2.100-2.100l7-7" /></Icon>;
export const FileIcon = () => <Icon><path d="M13.500 3.500H7a1.500 1.500 0 0 0-1.500 1.500v14A1.500 1.500 0 0 0 7 20.500h10a1.500 1.500 0 0 0 1.500-1.500V8.500l-5-5ZM13.500 3.500v5h5" /></Icon>;
export const CrossIcon = () => <Icon size={16}><path d="m6 6 12 12M18 6 6 18" /></Icon>;
export const BubbleIcon = () => <Icon size={26}><path d="M12 4.500c4.5 0 8 3 8 6.800s-3.5 6.8-8 6.800c-.9 0-1.7-.1-2.5-.3L5.5 19.500l.9-3.300C4.9 14.9 4 13.2 4 11.300c0-3.8 3.5-6.8 8-6.800Z" /></Icon>;
export const CheckIcon = () => <Icon size={14}><path d="m5 12.5 4.5 4.500L19 7.5" /></Icon>;
export const SeenIcon = () => <Icon size={14}><path d="m2 12.5 4.5 4.500L15 8M11.5 16l1.5 1.5 9.5-9.5" /></Icon>;
export const ClockIcon = () => <Icon size={14}><circle cx="12" cy="12" r="8.5" /><path d="M12 7.500V12l3 2" /></Icon>;
export const VideoIcon = () => <Icon size={18}><rect x="2.500" y="6" width="13" height="12" rx="2.500" /><path d="m15.500 10.500 6-3.500v10l-6-3.500" /></Icon>;
export const EyeIcon = () => <Icon size={18}><path d="M2 12s3.500-6.500 10-6.500S22 12 22 12s-3.500 6.500-10 6.500S2 12 2 12Z" /><circle cx="12" cy="12" r="3" /></Icon>;
export const WarningIcon = () => <Icon size={16}><path d="M12 4 2.8 19.500h18.400L12 4ZM12 10v4M12 16.800v.1" /></Icon>;
