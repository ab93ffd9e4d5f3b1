export default function TrustScreen() { return null; }
