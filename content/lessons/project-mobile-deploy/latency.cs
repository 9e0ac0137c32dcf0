using System;
using System.Linq;

public static class Times
{
    public static (double Median, double Slow, double PerSecond) Latency(double[] times)
    {
        double[] ordered = times.OrderBy(time => time).ToArray();
        Func<double, double> rank = share => ordered[Math.Max((int)Math.Ceiling(share * ordered.Length), 1) - 1];
        return (rank(0.5), rank(0.95), 1000 * ordered.Length / ordered.Sum());
    }
}
