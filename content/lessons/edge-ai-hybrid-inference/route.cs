public static class Router
{
    public static (bool Here, double DeviceMs, double? ServerMs) Route(
        double tokens, double deviceMs, double serverMs, double roundTripMs, bool online, bool secret)
    {
        double here = tokens * deviceMs;
        if (!online || secret) return (true, here, null);
        double there = roundTripMs + tokens * serverMs;
        return (here <= there, here, there);
    }
}
