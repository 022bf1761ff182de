export default function Stub() { return <div>stub</div>; }
