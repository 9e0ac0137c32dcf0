using System;

public static class Blocked
{
    const int KBlock = 64;
    const int NBlock = 128;

    /// <summary>out = a · b, block by block of b.</summary>
    public static float[] Multiply(float[] a, float[] b, int m, int k, int n)
    {
        var result = new float[m * n];
        for (int p0 = 0; p0 < k; p0 += KBlock)
        {
            for (int j0 = 0; j0 < n; j0 += NBlock)
            {
                int p1 = Math.Min(p0 + KBlock, k);
                int j1 = Math.Min(j0 + NBlock, n);
                for (int i = 0; i < m; i++)
                {
                    for (int p = p0; p < p1; p++)
                    {
                        float left = a[i * k + p];
                        for (int j = j0; j < j1; j++)
                        {
                            result[i * n + j] += left * b[p * n + j];
                        }
                    }
                }
            }
        }
        return result;
    }
}
