using System;
using System.Linq;

public static class Times
{
    public static (double Median, double Slow, double PerSecond) Latency(double[] times)
    {
        double[] ordered = times.OrderBy(time => time).ToArray();
        double Rank(double share) => ordered[Math.Max((int)Math.Ceiling(share * ordered.Length), 1) - 1];
        return (Rank(0.5), Rank(0.95), 1000 * ordered.Length / ordered.Sum());
    }
}
