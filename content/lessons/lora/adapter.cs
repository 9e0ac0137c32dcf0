using System;
using System.Linq;

public static class Adapter
{
    static double Dot(double[] a, double[] b) => a.Zip(b, (p, q) => p * q).Sum();

    /// <summary>One row of numbers through a frozen matrix w and the two thin ones beside it.</summary>
    public static double[] With(double[] x, double[][] w, double[][] a, double[][] b, double scale)
    {
        double[] thin = a.Select(row => Dot(row, x)).ToArray();
        return b.Select((row, j) => x.Select((value, i) => value * w[i][j]).Sum() + scale * Dot(row, thin)).ToArray();
    }

    /// <summary>The adapter added into the matrix, once and for all.</summary>
    public static double[][] Merged(double[][] w, double[][] a, double[][] b, double scale)
    {
        Func<int, int, double> beside = (i, j) => Enumerable.Range(0, a.Length).Sum(k => a[k][i] * b[j][k]);
        return w.Select((row, i) => row.Select((old, j) => old + scale * beside(i, j)).ToArray()).ToArray();
    }
}
