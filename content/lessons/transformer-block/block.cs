using System;
using System.Linq;

public static class Transformer
{
    /// <summary>One pre-norm block: everything it does is added to the stream.</summary>
    public static double[][] Block(
        double[][] stream, Func<double[][], double[][]> attend, Func<double[], double[]> think)
    {
        double[][] heard = attend(stream.Select(Normalise).ToArray());
        double[][] between = stream.Zip(heard, (x, h) => Add(x, h)).ToArray();
        return between.Select(x => Add(x, think(Normalise(x)))).ToArray();
    }

    /// <summary>Brings one token's vector to mean 0 and standard deviation 1.</summary>
    public static double[] Normalise(double[] x)
    {
        double mean = x.Average();
        double variance = x.Average(number => (number - mean) * (number - mean));
        return x.Select(number => (number - mean) / Math.Sqrt(variance + 1e-5)).ToArray();
    }

    static double[] Add(double[] x, double[] y) => x.Zip(y, (a, b) => a + b).ToArray();
}
