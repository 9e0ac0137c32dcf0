using System;
using System.Linq;

public static class FeedForward
{
    /// <summary>Widens a token's vector, bends every number, narrows it again.</summary>
    public static double[] Layer(double[] x, double[][] w1, double[] b1, double[][] w2, double[] b2)
    {
        double[] wide = Affine(x, w1, b1);
        double[] bent = wide.Select(Gelu).ToArray();
        return Affine(bent, w2, b2);
    }

    /// <summary>x times the matrix w, plus b.</summary>
    static double[] Affine(double[] x, double[][] w, double[] b) =>
        b.Select((bias, j) => x.Zip(w, (number, row) => number * row[j]).Sum() + bias).ToArray();

    /// <summary>Lets large numbers pass, holds negative ones back, and bends smoothly in between.</summary>
    public static double Gelu(double x)
    {
        double inner = Math.Sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x);
        return 0.5 * x * (1 + Math.Tanh(inner));
    }
}
